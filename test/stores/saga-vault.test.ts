import { saga } from './saga.ts'

saga('vault', 'most')
