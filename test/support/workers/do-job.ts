// A worker with no code for threadslots but the import. Its exit code is the place of the row that it had.
import { defaultTable } from 'threadslots'
import { rowIdOf } from '../table-usage.js'
import { jobs } from './jobs.js'

jobs.done++
process.exitCode = rowIdOf(defaultTable(), defaultTable().attach())
