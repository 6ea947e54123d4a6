// The Web Locks of tables: their names, and which are in use.

/** The byte offset of a table's random id in its header. */
const TABLE_ID_BYTE_OFFSET = 32

/** The name of the lock that a thread of a table holds. */
export function lockNameOf(buffer: SharedArrayBuffer, threadId: number): string {
  const id = new DataView(buffer).getBigUint64(TABLE_ID_BYTE_OFFSET, true).toString(16)
  return `threadslots/${id}/${threadId}`
}

/** The names of all tables' locks that are held. */
export async function heldLocks(): Promise<Set<string>> {
  const { held } = await navigator.locks.query()
  return tableLocksIn(held)
}

/** The names of all tables' locks that are held or requested. */
export async function usedLocks(): Promise<Set<string>> {
  const { held = [], pending = [] } = await navigator.locks.query()
  return tableLocksIn([...held, ...pending])
}

const tableLocksIn = (locks: LockInfo[] = []): Set<string> =>
  new Set(locks.map(({ name }) => String(name)).filter(name => name.startsWith('threadslots/')))
