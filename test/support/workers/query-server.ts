// Sends queries to a server. Its functions share one connection, which is opened at the first query and never closed.
import { connect, type Socket } from 'node:net'
import { parentPort, workerData } from 'node:worker_threads'
import { type ThreadLocal, threadLocal } from 'threadslots'

const { port, queries } = workerData as { port: number; queries: string[] }
const local: ThreadLocal<{ queries: 'u32' }> & { socket?: Socket } = threadLocal('client', { queries: 'u32' })

function query(text: string): void {
  local.socket ??= connect(port, '127.0.0.1')
  local.socket.write(`${text};`)
  local.queries++
}

for (const text of queries) query(text)
parentPort?.once('message', () => process.exit())
