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

/** Id of the thread that started this one, if it uses this package; otherwise −1. Read before this thread bequeaths anything. */
export const inheritedParentId: number = host.inherited().parentThreadId ?? -1
