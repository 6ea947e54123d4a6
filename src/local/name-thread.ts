/*
 * Thread names: what readers, `top` and metrics call a thread.
 */
import { setThreadName } from '../host/current.js'
import { requireName } from '../memory/expand-spec.js'
import { existingDefaultTable } from './default-table.js'
import { rowOf } from './definitions.js'

/**
 * Names this thread, in the default table and in tables that it attaches to from now on. Without a call, a thread has the
 * name that the runtime gives it: `new Worker(file, { name })`, which Node 20 and Bun don't tell. A name keeps up to 120
 * bytes of UTF-8.
 * @throws {TypeError} if the name is not a well-formed string.
 */
export function nameThread(name: string): void {
  requireName("the thread's name", name)
  setThreadName(name)
  const table = existingDefaultTable()
  if (table) rowOf(table)?.updateName()
}
