const LOOK_EVERY_MS = 500

/**
 * Started by `npm start`, the vault ends with it: a launcher that was killed cannot pass a signal
 * on, and a vault nobody sees would keep the database locked. The launcher says so in the
 * environment; a vault started in any other way is left alone.
 */
export function watchLauncher(stop: () => void): void {
  if (process.env['npm_lifecycle_event'] !== 'start') return
  const launcher = process.ppid
  setInterval(() => {
    if (process.ppid !== launcher) stop()
  }, LOOK_EVERY_MS).unref()
}
