import { saga } from './saga.ts'

saga('aws-secrets-manager', 'some')
