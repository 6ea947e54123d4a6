// Lets a cluster work, kills some of its processes, and asks Prometheus what all of them did.
import type { ChildProcess } from 'node:child_process'
import cluster from 'node:cluster'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ask, nextMessage } from './ask.js'
import { valuesBetween } from './check-results.js'
import { poll } from './poll.js'
import type { Job, Prometheus } from './prometheus-server.js'
import { type CounterReading, queryCounter } from './query-counter.js'

const PROCESSES = 3
const MIN_VALUES = 4
const COUNTER = 'tasks_done_total'
/**
 * What all processes did, those included that have ended meanwhile. This is exact whenever each has been scraped after it counted;
 * `sum(increase(…))` is not, because there is no moment at which the window ends with the last sample of every process.
 */
const SUM_OF_LAST = `sum(last_over_time(${COUNTER}[1h]))`

/** A process of the cluster. */
interface Member {
  readonly program: ChildProcess
  /** Its address, which is also its label `instance` in Prometheus. */
  readonly host: string
}

export interface ClusterResults {
  /** When Prometheus was asked, in milliseconds since 1970. One process had been killed by then. */
  readonly time: number
  /** How many tasks each process has really done. The first one is killed first. */
  readonly trueCounts: readonly number[]
  /** The counter of each process. */
  readonly readings: readonly CounterReading[]
  /** The value of `up` of each process. */
  readonly up: readonly number[]
  readonly sums: {
    /** `sum(last_over_time(…))` */
    readonly last: number
    /** `sum(increase(…))`, for all processes at one time. */
    readonly increase: number
    /** `sum(…)` */
    readonly current: number
  }
  /** After the second process has done more, which was never scraped, and was killed. */
  readonly betweenScrapes: {
    readonly trueCounts: readonly number[]
    readonly last: number
  }
  /** For each process, whether the file is left that names it as a target, after the third one has ended by itself. */
  readonly areFilesLeft: readonly boolean[]
}

export class Cluster {
  readonly #folder = mkdtempSync(join(tmpdir(), 'threadslots-targets-'))
  #members: readonly Member[] = []

  constructor() {
    process.once('exit', () => {
      this.stop()
      rmSync(this.#folder, { recursive: true, force: true })
    })
  }

  get job(): Job {
    return {
      name: 'cluster',
      path: '/metrics',
      intervalMs: 1000,
      targetFiles: join(this.#folder, '*.json'),
    }
  }

  /** Starts the processes, which are idle until they are measured. `stop`, or the end of this process, kills them. */
  async start(): Promise<void> {
    const exec = fileURLToPath(new URL('cluster-process.js', import.meta.url))
    cluster.setupPrimary({ exec, args: [this.#folder] })
    const start = async (): Promise<Member> => {
      const program = cluster.fork().process
      return { program, host: await nextMessage<string>(program) }
    }
    this.#members = await Promise.all(Array.from({ length: PROCESSES }, start))
  }

  stop(): void {
    for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill('SIGKILL')
  }

  async measure(prometheus: Prometheus): Promise<ClusterResults> {
    const [killed, killedUnseen, disconnected] = this.#members as readonly [Member, Member, Member]
    const trueCounts = await this.#work(prometheus)
    await kill(prometheus, killed)
    const results = await this.#read(prometheus, trueCounts)

    // Without its monitor, nobody sees what the process still does: as if it all happened between two scrapes.
    await ask(killedUnseen.program, 'stop monitor')
    await ask(killedUnseen.program, 'start')
    const unseen = await ask<number>(killedUnseen.program, 'finish')
    await kill(prometheus, killedUnseen)
    const betweenScrapes = {
      trueCounts: trueCounts.with(1, unseen),
      last: await prometheus.value(SUM_OF_LAST, Date.now()),
    }

    // A process of a cluster exits when its primary goes.
    await whenEnded(disconnected, () => disconnected.program.disconnect())
    const areFilesLeft = this.#members.map(({ program }) =>
      existsSync(join(this.#folder, `${program.pid}.json`)),
    )
    return { ...results, betweenScrapes, areFilesLeft }
  }

  /** Lets all processes work until Prometheus has seen some values. Resolves with their counts once it has seen these, too. */
  async #work(prometheus: Prometheus): Promise<number[]> {
    const ofEach = <T>(run: (member: Member) => Promise<T>) => Promise.all(this.#members.map(run))
    const whenSeen = (since: number, values: number) =>
      ofEach(member =>
        poll(async () => {
          const samples = await prometheus.samples(seriesOf(COUNTER, member), Date.now())
          return valuesBetween(samples, since, Number.POSITIVE_INFINITY).length >= values
        }),
      )
    // `queryCounter` needs a first sample from before anything was counted.
    await whenSeen(0, 1)
    const startTime = Date.now()
    await ofEach(({ program }) => ask(program, 'start'))
    await whenSeen(startTime, MIN_VALUES)
    const counts = await ofEach(({ program }) => ask<number>(program, 'finish'))
    const endTime = Date.now()
    await ofEach(member => prometheus.whenSeen(seriesOf('up', member), 1, 1, endTime))
    return counts
  }

  async #read(prometheus: Prometheus, trueCounts: readonly number[]) {
    const time = Date.now()
    // Prometheus stores a sample later than its timestamp says, but those of a target in turn. Once each has a newer one, no
    // query finds a sample from before `time` that an earlier query lacked.
    await Promise.all(
      this.#members.map(member => {
        const isUp = member.program.signalCode === null
        return prometheus.whenSeen(seriesOf('up', member), Number(isUp), 1, time)
      }),
    )
    const [readings, up, last, increase, current] = await Promise.all([
      Promise.all(this.#members.map(member => queryCounter(prometheus, seriesOf(COUNTER, member), time))),
      Promise.all(this.#members.map(member => prometheus.value(seriesOf('up', member), time))),
      prometheus.value(SUM_OF_LAST, time),
      prometheus.value(`sum(increase(${COUNTER}[1h]))`, time),
      prometheus.value(`sum(${COUNTER})`, time),
    ])
    return { time, trueCounts, readings, up, sums: { last, increase, current } }
  }
}

const seriesOf = (name: string, { host }: Member): string => `${name}{instance="${host}"}`

/** Resolves when the process has ended and Prometheus has noticed that. */
async function kill(prometheus: Prometheus, member: Member): Promise<void> {
  await whenEnded(member, () => member.program.kill('SIGKILL'))
  await prometheus.whenSeen(seriesOf('up', member), 0, 1, Date.now())
}

async function whenEnded({ program }: Member, end: () => void): Promise<void> {
  const exit = once(program, 'exit')
  end()
  await exit
}
