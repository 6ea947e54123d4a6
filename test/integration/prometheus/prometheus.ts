// A Prometheus of our own: on a port of the system's choice, with its data in a temporary folder, as long
// as this process lives at most.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { until } from './until.js'

/** A scrape that takes longer fails, and the next one comes. */
export const SCRAPE_MS = 250

/** A value at a time, in milliseconds since 1970. */
export interface Sample {
  readonly time: number
  readonly value: number
}

interface Answer {
  readonly status: 'success' | 'error'
  readonly error?: string
  readonly data: {
    /** The series that there are: with one value for a vector, all of a window for a matrix. */
    readonly result: readonly {
      readonly value?: readonly [seconds: number, value: string]
      readonly values?: readonly (readonly [seconds: number, value: string])[]
    }[]
  }
}

export class Prometheus {
  readonly #url: string
  readonly #log: () => string
  readonly #stop: () => Promise<void>

  private constructor(url: string, log: () => string, stop: () => Promise<void>) {
    this.#url = url
    this.#log = log
    this.#stop = stop
  }

  /**
   * Starts one that scrapes a port of this machine. With `stop`, or with this process, it ends and its
   * folder goes.
   * @throws {Error} with what it said, if it does not come up.
   */
  static async start(path: string, scrapedPort: number): Promise<Prometheus> {
    const folder = mkdtempSync(join(tmpdir(), 'threadslots-prometheus-'))
    const config = join(folder, 'prometheus.yml')
    writeFileSync(config, configOf(scrapedPort))
    const child = spawn(
      path,
      [
        `--config.file=${config}`,
        `--storage.tsdb.path=${join(folder, 'data')}`,
        '--web.listen-address=127.0.0.1:0',
      ],
      { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] },
    )
    let hasEnded = false
    const ended = new Promise<void>(resolve => {
      child.once('exit', resolve).once('error', resolve)
    }).then(() => {
      hasEnded = true
    })
    const end = () => {
      child.kill('SIGKILL')
      // It may be writing until it is gone.
      rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
    }
    process.once('exit', end)
    const stop = async () => {
      child.kill('SIGKILL')
      await ended
      end()
      process.off('exit', end)
    }
    try {
      const log = logOf(child)
      const url = await until(async () => {
        if (hasEnded) throw new Error(`it has ended: ${log()}`)
        const [, address] = log().match(/msg="Listening on".* address=(\S+)/) ?? []
        if (address === undefined) return false
        const { ok } = await fetch(`http://${address}/-/ready`)
        return ok && `http://${address}`
      })
      return new Prometheus(url, log, stop)
    } catch (error) {
      await stop()
      throw error
    }
  }

  stop(): Promise<void> {
    return this.#stop()
  }

  /** The value of an expression of one series, at a time. @throws {Error} if it is of none, or of several. */
  async value(expression: string, time: number): Promise<number> {
    const [series, ...others] = await this.#query(expression, time)
    if (series?.value === undefined || others.length > 0) throw new Error(`${expression} is not one value`)
    return Number(series.value[1])
  }

  /** All samples of a series up to a time; none, if it is not known yet. */
  async samples(series: string, time: number): Promise<Sample[]> {
    const [found] = await this.#query(`${series}[1h]`, time)
    return (found?.values ?? []).map(([seconds, value]) => ({
      time: Math.round(seconds * 1000),
      value: Number(value),
    }))
  }

  async #query(query: string, time: number): Promise<Answer['data']['result']> {
    // A time as text is exact to the millisecond; as a number it may come to lie one before that of a sample.
    const parameters = new URLSearchParams({ query, time: new Date(time).toISOString() })
    const response = await fetch(`${this.#url}/api/v1/query?${parameters}`).catch(error => {
      throw new Error(`Prometheus does not answer: ${error.cause ?? error}; ${this.#log()}`)
    })
    const { status, error, data } = (await response.json()) as Answer
    if (status !== 'success') throw new Error(`${query}: ${error}`)
    return data.result
  }
}

const configOf = (port: number): string => `
global:
  scrape_interval: ${SCRAPE_MS}ms
  scrape_timeout: ${SCRAPE_MS}ms
scrape_configs:
  - job_name: pool
    static_configs:
      - targets: ['127.0.0.1:${port}']
`

/** What a program has written to stderr; or why it could not be started. */
function logOf(child: ChildProcess): () => string {
  let log = ''
  child.on('error', error => {
    log += error.message
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    log += text
  })
  return () => log
}
