/*
 * The host of this thread.
 */
import type { Host } from './host.js'
import { serverHost } from './server.js'

export let host: Host = serverHost

/** Replaces the host. Called before any table exists in this thread, by `threadslots/browser` alone. */
export function setHost(replacement: Host): void {
  host = replacement
}

let chosenName: string | undefined

/** This thread's name: the one it was given, or the runtime's; empty if it has none. */
export const threadName = (): string => chosenName ?? host.threadName()

/** Names this thread. The tables that it is attached to aren't told. */
export function setThreadName(name: string): void {
  chosenName = name
}

// Read before this thread bequeaths anything.
const { parentThreadId, buffer } = host.inherited()

/** Id of the thread that started this one, if it uses this package; otherwise −1. */
export const inheritedParentId: number = parentThreadId ?? -1

/** True if that thread left a table to this one. What another copy of this package has left in this thread doesn't count. */
export const hasInheritedTable: boolean = buffer !== undefined && parentThreadId !== host.threadId()
