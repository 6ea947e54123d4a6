// Does one job, with no code for threadslots but the import of the definition. Its exit code is the ordinal
// of its row.
import { defaultTable } from 'threadslots'
import { jobs } from '../definitions/jobs.js'
import { rowIdOf } from '../table-usage.js'

jobs.done++
process.exitCode = rowIdOf(defaultTable(), defaultTable().attach())
