/*
 * The monitor: what the program pays for a thread that answers in its place.
 */
import { countInWorker, measureMemory, startProcess } from '../contenders/monitor/monitored.js'
import type { Group } from '../harness/group.js'

export const group: Group = {
  name: 'monitor',
  question: 'What does a monitor cost the program?',
  scenarios: [
    { table: 'one increment in a worker', column: 'local.x++', measure: countInWorker },
    { table: "from the process's start to its first line", column: 'time', measure: startProcess },
    { table: 'resident memory', column: 'bytes', once: true, measure: measureMemory },
  ],
}
