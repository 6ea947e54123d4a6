/*
 * A process that reads a monitor as Prometheus and a page do: `client.js <url> <milliseconds>` reads `/metrics` at this interval, and
 * `/events` all the time. Prints a line for each reading of `/metrics`.
 */
import { get } from 'node:http'
import { text } from 'node:stream/consumers'

const [url = '', milliseconds = ''] = process.argv.slice(2)

get(new URL('events', url), response => response.resume())
setInterval(() => {
  get(new URL('metrics', url), async response => {
    const lines = (await text(response)).split('\n').length
    console.log(`${response.statusCode}, ${lines} lines`)
  })
}, Number(milliseconds))
