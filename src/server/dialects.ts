export { primeIntellect } from '#dialects/prime-intellect/index.ts'
export { scaleSgp } from '#dialects/scale-sgp/index.ts'
export { strongroom } from '#dialects/strongroom/index.ts'
export { truefoundry } from '#dialects/truefoundry/index.ts'
