import { threadLocal } from 'threadslots'
import { labelled } from 'threadslots/labels'
import type { Contender } from '../../harness/meter.js'
import { MASK, REQUESTS, type Request } from './requests.js'

/** Requests whose label sets have no room, so that all count as `other`. */
export function overflow(): Contender {
  const local = threadLocal('full', { requests: labelled('count', ['method', 'status'], { maxChildren: 1 }) })
  local.requests.with({ method: 'the only one', status: 0 })
  const other = local.requests.with({ method: 'other', status: 'other' })
  return {
    name: 'local.requests.with(labels).add(1)',
    prepare: () => other.reset(),
    run(times) {
      for (let i = 0; i < times; i++) {
        const { method, status } = REQUESTS[i & MASK] as Request
        local.requests.with({ method, status }).add(1)
      }
      if (other.value !== times) throw new Error(`${other.value} of ${times} requests count as other`)
    },
  }
}
