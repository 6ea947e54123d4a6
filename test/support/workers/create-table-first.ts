// Does what a module does that gives its program a larger table and is imported everywhere; then it does a job.
import { SlotTable, setDefaultTable, threadLocal } from 'threadslots'

setDefaultTable(SlotTable.create({ maxThreads: 8 }))
threadLocal('jobs', { done: 'u32' }).done++
