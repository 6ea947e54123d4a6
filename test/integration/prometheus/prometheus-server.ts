// Runs a Prometheus server on a free port, with its data in a temporary folder, at most as long as this process lives.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { poll } from './poll.js'

/** The interval between scrapes, and the time limit of each. */
export const SCRAPE_MS = 250

export interface Sample {
  /** Milliseconds since 1970. */
  readonly time: number
  readonly value: number
}

/** Values of labels by their names. Prometheus drops labels whose value is empty. */
export type Labels = { readonly [label: string]: string }

export interface SeriesValue {
  /** The name of the metric; empty if the expression has none. */
  readonly name: string
  readonly labels: Labels
  readonly value: number
}

/** What Prometheus scrapes, under a name of its own. */
export interface Job {
  readonly name: string
  readonly path: string
  /** Milliseconds between scrapes, and the time limit of each; `SCRAPE_MS` by default. */
  readonly intervalMs?: number
  /** The port of this machine to scrape; by default the one that `start` is given. */
  readonly port?: number
  /** A pattern of files that say what to scrape, instead of a port. Prometheus notices when they change. */
  readonly targetFiles?: string
}

interface QueryResponse {
  readonly status: 'success' | 'error'
  readonly error?: string
  readonly data: {
    /** One entry per series: with one value for an instant query, or with all values of a window. */
    readonly result: readonly {
      readonly metric: Labels
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
   * Starts a server that scrapes this machine. `stop`, or the end of this process, kills it and removes its folder.
   * @param scrapedPort the port of jobs that name no other targets.
   * @throws {Error} if it doesn't become ready. The message contains its log.
   */
  static async start(path: string, scrapedPort: number, jobs: readonly Job[]): Promise<Prometheus> {
    const folder = mkdtempSync(join(tmpdir(), 'threadslots-prometheus-'))
    const config = join(folder, 'prometheus.yml')
    writeFileSync(config, configOf(scrapedPort, jobs))
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
    const killAndRemove = () => {
      child.kill('SIGKILL')
      // Retries, because the dying server may still be writing.
      rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
    }
    process.once('exit', killAndRemove)
    const stop = async () => {
      child.kill('SIGKILL')
      await ended
      killAndRemove()
      process.off('exit', killAndRemove)
    }
    try {
      const log = logOf(child)
      const url = await poll(async () => {
        if (hasEnded) throw new Error(`Prometheus has ended: ${log()}`)
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

  /**
   * Evaluates an expression at a time, in milliseconds since 1970.
   * @throws {Error} unless the result is exactly one series.
   */
  async value(expression: string, time: number): Promise<number> {
    const [series, ...others] = await this.values(expression, time)
    if (series === undefined || others.length > 0)
      throw new Error(
        `${expression} has ${series === undefined ? 'no value' : `${1 + others.length} series`}`,
      )
    return series.value
  }

  /** Evaluates an expression at a time, for all its series. */
  async values(expression: string, time: number): Promise<SeriesValue[]> {
    const result = await this.#query(expression, time)
    return result.map(({ metric: { __name__: name = '', ...labels }, value }) => ({
      name,
      labels,
      value: Number(value?.[1]),
    }))
  }

  /** Resolves when a job that has one target has been scraped successfully so often since a time. */
  whenScraped({ name }: Job, times: number, since: number): Promise<void> {
    return this.whenSeen(`up{job="${name}"}`, 1, times, since)
  }

  /** Resolves when a series has had a value so often since a time. */
  async whenSeen(series: string, wanted: number, times: number, since: number): Promise<void> {
    await poll(async () => {
      const samples = await this.samples(series, Date.now())
      return samples.filter(({ time, value }) => time > since && value === wanted).length >= times
    })
  }

  /** All samples of a series up to a time. None if Prometheus doesn't know the series yet. */
  async samples(series: string, time: number): Promise<Sample[]> {
    const [found] = await this.#query(`${series}[1h]`, time)
    return (found?.values ?? []).map(([seconds, value]) => ({
      time: Math.round(seconds * 1000),
      value: Number(value),
    }))
  }

  async #query(query: string, time: number): Promise<QueryResponse['data']['result']> {
    // ISO text is exact to the millisecond. A number of seconds can be rounded to the millisecond before a sample.
    const parameters = new URLSearchParams({ query, time: new Date(time).toISOString() })
    const response = await fetch(`${this.#url}/api/v1/query?${parameters}`).catch(error => {
      throw new Error(`Prometheus doesn't answer: ${error.cause ?? error}; ${this.#log()}`)
    })
    const { status, error, data } = (await response.json()) as QueryResponse
    if (status !== 'success') throw new Error(`${query}: ${error}`)
    return data.result
  }
}

const configOf = (scrapedPort: number, jobs: readonly Job[]): string => `
scrape_configs:
${jobs
  .map(
    ({ name, path, intervalMs = SCRAPE_MS, port = scrapedPort, targetFiles }) => `
  - job_name: '${name}'
    metrics_path: ${path}
    scrape_interval: ${intervalMs}ms
    scrape_timeout: ${intervalMs}ms
    ${
      targetFiles === undefined
        ? `static_configs: [{ targets: ['127.0.0.1:${port}'] }]`
        : `file_sd_configs: [{ files: ['${targetFiles}'] }]`
    }`,
  )
  .join('')}
`

/** Returns what a program has written to stderr so far, and why it could not be started. */
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
