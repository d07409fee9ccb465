import { saga } from './saga.ts'

saga('gcp-secret-manager', 'some')
