// Makes a connection of its own, sends queries, and reports what the connection holds.
import { parentPort, workerData } from 'node:worker_threads'
import { Connection } from '../definitions/connection.js'

const { url, queries } = workerData as { url: string; queries: string[] }
const connection = new Connection(url)
for (const query of queries) connection.query(query)
parentPort?.postMessage({
  keys: Object.keys(connection).sort(),
  queries: connection.queries,
  answers: [...connection.answers.values()],
  made: Connection.made,
})
