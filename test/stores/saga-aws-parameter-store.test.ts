import { saga } from './saga.ts'

saga('aws-parameter-store', 'some')
