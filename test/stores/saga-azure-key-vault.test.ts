import { saga } from './saga.ts'

saga('azure-key-vault', 'some')
