import { isUtf8 } from 'node:buffer'
import type { OpenedSecret } from '#client/wire.ts'
import { Failure } from './failure.ts'
import { clean } from './text.ts'

/** Variables that make a program load other code, find other programs or read other settings. */
const DANGEROUS = new Set([
  ...['PATH', 'HOME', 'SHELL', 'IFS', 'ENV', 'BASH_ENV', 'BASHOPTS', 'SHELLOPTS', 'PS4', 'CDPATH'],
  ...['PROMPT_COMMAND', 'TMPDIR', 'EDITOR', 'VISUAL', 'PAGER', 'BROWSER', 'LESSOPEN', 'LESSCLOSE'],
  ...['NODE_OPTIONS', 'NODE_PATH', 'NODE_EXTRA_CA_CERTS', 'NODE_TLS_REJECT_UNAUTHORIZED'],
  ...['ELECTRON_RUN_AS_NODE', 'NPM_CONFIG_NODE_OPTIONS', 'BUN_OPTIONS', 'PYTHONPATH'],
  ...['PYTHONHOME', 'PYTHONSTARTUP', 'PYTHONINSPECT', 'PYTHONUSERBASE', 'PYTHONBREAKPOINT'],
  ...['PYTHONWARNINGS', 'PERL5LIB', 'PERLLIB', 'PERL5OPT', 'PERL5DB', 'RUBYLIB', 'RUBYOPT'],
  ...['LUA_PATH', 'LUA_CPATH', 'LUA_INIT', 'PHPRC', 'PHP_INI_SCAN_DIR', 'CLASSPATH'],
  ...['JAVA_TOOL_OPTIONS', '_JAVA_OPTIONS', 'JDK_JAVA_OPTIONS', 'DOTNET_STARTUP_HOOKS'],
  ...['COR_PROFILER', 'CORECLR_PROFILER', 'GLIBC_TUNABLES', 'GCONV_PATH', 'LOCPATH', 'NLSPATH'],
  ...['HOSTALIASES', 'TERMINFO', 'TERMINFO_DIRS', 'TERMCAP', 'OPENSSL_CONF', 'OPENSSL_ENGINES'],
  ...['OPENSSL_MODULES', 'SSL_CERT_FILE', 'SSL_CERT_DIR', 'SSLKEYLOGFILE', 'CURL_HOME'],
  ...['KRB5_CONFIG', 'COMSPEC', 'MAKEFLAGS', 'RUSTC_WRAPPER', 'SUDO_ASKPASS', 'SSH_ASKPASS'],
  ...['GIT_SSH', 'GIT_SSH_COMMAND', 'GIT_EXEC_PATH', 'GIT_EDITOR', 'GIT_PAGER', 'GIT_ASKPASS'],
  ...['GIT_DIR', 'GIT_SEQUENCE_EDITOR', 'GIT_EXTERNAL_DIFF', 'GIT_PROXY_COMMAND'],
  ...['GIT_TEMPLATE_DIR', 'LD_LIBRARY_PATH', 'LD_LIBRARY_PATH_32', 'LD_LIBRARY_PATH_64'],
])

/** No shorter, because secrets of people are called LD_SDK_KEY and GIT_TOKEN. */
const DANGEROUS_BEGINNINGS = [
  ...['LD_PRELOAD', 'LD_AUDIT', 'LD_PROFILE', 'LD_DEBUG', 'LD_ORIGIN_PATH', 'DYLD_', '_RLD'],
  ...['BASH_FUNC_', 'GIT_CONFIG'],
]

/** Whether a variable of this name decides what code a program runs, or where. */
export const isDangerous = (name: string): boolean =>
  DANGEROUS.has(fold(name)) || DANGEROUS_BEGINNINGS.some((begin) => fold(name).startsWith(begin))

/** Variables whose names differ in their case only are one variable on Windows. */
const fold = (name: string): string => (process.platform === 'win32' ? name.toUpperCase() : name)

/**
 * The variable for a secret's name: the name itself where it can be one, otherwise in upper case
 * with every other sign turned to `_`. `null` when nothing can come of it.
 */
export function variableName(name: string): string | null {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return name
  const turned = name.toUpperCase().replace(/[^A-Z0-9_]/gu, '_')
  return /^[A-Z_]/.test(turned) && /[A-Z0-9]/.test(turned) ? turned : null
}

/** One variable of the child: a value as it is, or as a file of which the child gets the path. */
export interface Variable {
  readonly name: string
  readonly secret: OpenedSecret
}

export interface Opened {
  readonly group: string
  readonly secrets: readonly OpenedSecret[]
}

/** The variables that the secrets of some groups come to. Throws `Failure`, naming names only. */
export function variablesOf(
  groups: readonly Opened[],
  allowOverride: boolean,
): readonly Variable[] {
  const taken = new Map<string, Variable & { readonly said: string }>()
  for (const { group, secrets } of groups) {
    for (const secret of secrets) {
      const said = `${clean(secret.name)} in ${clean(group)}`
      const name = variableName(secret.name)
      if (name === null)
        throw new Failure(`${said} cannot be a variable: link it under another name`)
      const other = taken.get(fold(name))
      // One secret by two ways, such as its own group and a link, is no conflict.
      if (other?.secret.id === secret.id && other.name === name) continue
      if (other !== undefined) throw new Failure(`${other.said} and ${said} both become ${name}`)
      if (isDangerous(name) && !allowOverride) {
        throw new Failure(
          `${said} would set ${name}, which changes how programs run: --allow-override permits it`,
        )
      }
      checkValue(secret, said)
      taken.set(fold(name), { name, secret, said })
    }
  }
  return [...taken.values()].map(({ name, secret }) => ({ name, secret }))
}

function checkValue({ file, value }: OpenedSecret, said: string): void {
  const bytes = value.reveal()
  if (file) return
  if (bytes.includes(0))
    throw new Failure(`${said} holds a NUL, which no variable can: set it --as-file`)
  if (!isUtf8(bytes)) throw new Failure(`${said} is not text: set it --as-file`)
}
