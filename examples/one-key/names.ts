/** What the key is called by those who use it, and where they look for it. */

/** In the account's secrets, in its credentials and in the secret group. */
export const KEY = 'openai-key'

/** In the environment: names there are those of variables. */
export const VARIABLE = 'OPENAI_API_KEY'

export const ENVIRONMENT = 'research/eval'

export const GROUP = 'serving'

/** As TrueFoundry names it: the account that a new vault begins with is called `main`. */
export const GROUP_FQN = `main:${GROUP}`
