// A worker with a connection of its own.
import { parentPort, workerData } from 'node:worker_threads'
import { Connection } from './connection.js'

const { url, queries } = workerData as { url: string; queries: string[] }
const connection = new Connection(url)
for (const query of queries) connection.query(query)
parentPort?.postMessage({
  keys: Object.keys(connection).sort(),
  queries: connection.queries,
  answers: [...connection.answers.values()],
  made: Connection.made,
})
