export { scaleSgp } from '#dialects/scale-sgp/index.ts'
export { strongroom } from '#dialects/strongroom/index.ts'
