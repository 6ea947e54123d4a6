/*
 * The page: makes what is shared, starts workers, and draws what it reads in their slots. They never send it a message.
 */
import { perThread, totals } from 'threadslots'
import { offerMeasurement } from './access-bars.js'
import { Charts } from './charts.js'
import { makeLocal, type WorkerReading } from './counters.js'
import { Crew } from './crew.js'
import { Film } from './film.js'
import { History } from './history.js'
import { plural, whole } from './numbers.js'
import { Picture } from './picture.js'
import { makePixels } from './pixels.js'
import { lacking } from './requirements.js'
import { ThreadsTable } from './threads-table.js'
import { Tiles } from './tiles.js'

const READ_MS = 250
const MAX_WORKERS = 16
/** Two at least: that there are several is the point. */
const FIRST_WORKERS: number = Math.max(2, Math.min(4, navigator.hardwareConcurrency - 1))

declare global {
  /** For tests: what shared memory says of tiles, without a look at slots. */
  var painted: () => { readonly [worker: number]: number }
}

function demonstrate(): void {
  const local = makeLocal()
  const tiles = new Tiles()
  const pixels = makePixels()
  const film = new Film(tiles, pixels)
  const picture = new Picture(get('picture') as HTMLCanvasElement, film)
  const history = new History()
  const charts = new Charts(get('rates'), get('tiles'))
  let ended = 0

  const crew = new Crew(local, tiles, pixels, {
    ended(worker, { tiles = 0 }) {
      ended++
      read()
      say(`Worker ${worker} is gone. Its ${plural(tiles, 'tile')} stay in the total.`)
    },
    failed(worker, message) {
      complain(`Worker ${worker} failed: ${message}`)
    },
  })
  const add = get('add') as HTMLButtonElement
  const table = new ThreadsTable(get('threads') as HTMLTableElement, add, worker => {
    // In Chromium, a loop that never yields runs on for two seconds.
    if (crew.end(worker)) say(`Worker ${worker} is told to end.`)
    read()
  })

  function read(): void {
    const readings = perThread(local)
    crew.see(readings)
    const { states } = crew
    const retired = totals(local, 'retired')
    const all = totals(local)
    const iterations = new Map(readings.map(({ worker = 0, iterations = 0 }) => [worker, iterations]))
    history.add({
      time: performance.now() / 1000,
      total: all.tiles,
      retired: retired.tiles,
      iterations: new Map([...iterations].filter(([worker]) => worker > 0)),
    })
    const { rates } = history
    table.show(states, readings, rates)
    table.showSums(retired, ended, all, sum(rates.values()))
    charts.show(history)
    write('total-tiles', all.tiles)
    write('total-pixels', all.pixels)
    write('total-iterations', all.iterations)
    write('deepest', Math.max(0, all.deepest))
    add.setAttribute('aria-disabled', String(states.size >= MAX_WORKERS))
  }

  add.addEventListener('click', () => {
    if (crew.states.size >= MAX_WORKERS) return say(`${MAX_WORKERS} workers are enough for one page.`)
    say(`Worker ${crew.start()} starts.`)
    read()
  })
  offerMeasurement(
    {
      button: get('measure') as HTMLButtonElement,
      progress: get('measuring') as HTMLProgressElement,
      status: get('access-status'),
      chart: get('access-chart'),
      bars: get('access-bars'),
      axis: get('access-axis'),
    },
    async isResting => {
      tiles.pause(isResting)
      while (isResting && tiles.isBusy) await new Promise(resolve => setTimeout(resolve, 20))
    },
  )
  globalThis.painted = () => {
    film.take()
    return Object.fromEntries(film.painted)
  }

  const draw = () => {
    picture.update(perThread(local) as WorkerReading[])
    requestAnimationFrame(draw)
  }
  draw()
  for (let i = 0; i < FIRST_WORKERS; i++) crew.start()
  read()
  setInterval(read, READ_MS)
}

function get(id: string): HTMLElement {
  return document.getElementById(id) as HTMLElement
}

const sum = (values: Iterable<number>): number => [...values].reduce((sum, value) => sum + value, 0)

function write(id: string, value: number): void {
  get(id).textContent = whole(value)
}

/** Said aloud by screen readers: only what somebody has done. */
function say(text: string): void {
  get('news').textContent = text
}

function complain(text: string): void {
  const complaint = get('complaint')
  complaint.textContent = text
  complaint.hidden = false
}

const lack = lacking()
if (lack === undefined) demonstrate()
else {
  complain(lack)
  document.body.classList.add('lacking')
}
