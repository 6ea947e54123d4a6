/*
 * What bundlers for browsers put in the place of server.ts, as package.json's `browser` tells them: a host that says what the
 * server's says in a browser. `threadslots/browser` replaces it before anything else is asked of it.
 */
import type { Host } from './host.js'

export const serverHost: Pick<Host, 'threadId' | 'inherited'> = {
  threadId: () => undefined,
  inherited: () => ({}),
}
