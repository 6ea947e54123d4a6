// Blocks a program's main thread while Prometheus scrapes the program in two ways, and asks Prometheus what it saw.
import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { ask, nextMessage } from './ask.js'
import type { Block, Ports } from './blocked-program.js'
import { poll } from './poll.js'
import type { Job, Prometheus, Sample, SeriesValue } from './prometheus-server.js'

export const BLOCKED_SCRAPE_MS = 1000

/** What Prometheus has of one of the two servers. */
export interface ServerReading {
  /** 1 for each scrape that succeeded, and 0 for each that failed. */
  readonly up: readonly Sample[]
  /** How long each scrape took, in seconds. */
  readonly durations: readonly Sample[]
  /** The counter of the worker that counts. */
  readonly steps: readonly Sample[]
  /** The series of that counter in the middle of the block. */
  readonly stepsMeanwhile: readonly SeriesValue[]
}

export interface BlockedResults {
  readonly block: Block
  /** How many steps the worker has really done. */
  readonly trueSteps: number
  readonly monitor: ServerReading
  readonly mainThread: ServerReading
  /** For how many seconds the monitor says that the main thread is blocked. */
  readonly blockedSeconds: readonly Sample[]
  /** Threads by state, at the last scrape of the block. */
  readonly states: readonly SeriesValue[]
  /** The answer of `/health` once it names two threads, and once it names one again. */
  readonly healthMeanwhile: HealthAnswer
  readonly healthAfter: HealthAnswer
}

export interface HealthAnswer {
  readonly status: number
  readonly threads: readonly { readonly threadName?: string; readonly state: string }[]
}

export class BlockedProgram {
  readonly #program: ChildProcess
  readonly #healthUrl: string
  readonly #monitor: Job
  readonly #mainThread: Job

  private constructor(program: ChildProcess, ports: Ports) {
    this.#program = program
    this.#healthUrl = `http://127.0.0.1:${ports.monitor}/health`
    const shared = { path: '/metrics', intervalMs: BLOCKED_SCRAPE_MS }
    this.#monitor = { ...shared, name: 'monitor', port: ports.monitor }
    this.#mainThread = { ...shared, name: 'main thread', port: ports.mainThread }
  }

  /** Starts the program, which is idle until it is measured. `stop`, or the end of this process, kills it. */
  static async start(): Promise<BlockedProgram> {
    const program = fork(fileURLToPath(new URL('blocked-program.js', import.meta.url)))
    process.once('exit', () => program.kill('SIGKILL'))
    return new BlockedProgram(program, await nextMessage<Ports>(program))
  }

  get jobs(): readonly Job[] {
    return [this.#monitor, this.#mainThread]
  }

  stop(): void {
    this.#program.kill('SIGKILL')
  }

  async measure(prometheus: Prometheus): Promise<BlockedResults> {
    const bothScraped = (times: number, since: number) =>
      Promise.all(this.jobs.map(job => prometheus.whenScraped(job, times, since)))
    await bothScraped(1, 0)
    const whenOver = ask<Block>(this.#program, 'block')
    const healthMeanwhile = await this.#whenHealthNames(2)
    const block = await whenOver
    const healthAfter = await this.#whenHealthNames(1)
    const trueSteps = await ask<number>(this.#program, 'finish')
    await bothScraped(1, Date.now())

    const now = Date.now()
    const ofMonitor = (name: string, labels = '') => `${name}{job="${this.#monitor.name}"${labels}}`
    return {
      block,
      trueSteps,
      monitor: await this.#reading(prometheus, this.#monitor, block),
      mainThread: await this.#reading(prometheus, this.#mainThread, block),
      blockedSeconds: await prometheus.samples(
        ofMonitor('threadslots_event_loop_blocked_seconds', ',thread_name="main"'),
        now,
      ),
      states: await prometheus.values(ofMonitor('threadslots_threads'), block.to),
      healthMeanwhile,
      healthAfter,
    }
  }

  async #reading(prometheus: Prometheus, { name }: Job, { from, to }: Block): Promise<ServerReading> {
    const samples = (metric: string) => prometheus.samples(`${metric}{job="${name}"}`, Date.now())
    return {
      up: await samples('up'),
      durations: await samples('scrape_duration_seconds'),
      steps: await samples('work_steps_total'),
      stepsMeanwhile: await prometheus.values(`work_steps_total{job="${name}"}`, (from + to) / 2),
    }
  }

  #whenHealthNames(count: number): Promise<HealthAnswer> {
    return poll(async () => {
      const response = await fetch(this.#healthUrl)
      const { threads } = (await response.json()) as Pick<HealthAnswer, 'threads'>
      return threads.length === count && { status: response.status, threads }
    })
  }
}
