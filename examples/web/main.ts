/*
 * The page. Makes the shared memory, starts workers, and draws what it reads from their slots. They never
 * send it a message.
 */
import { perThread, totals } from 'threadslots'
import { plural, whole } from '../../tools/format.js'
import { Charts } from './charts.js'
import { makeLocal, type WorkerReading } from './counters.js'
import { Film } from './film.js'
import { History } from './history.js'
import { offerMeasurement } from './increment-bars.js'
import { Picture } from './picture.js'
import { makePixels } from './pixels.js'
import { missingRequirement } from './requirements.js'
import { ThreadsTable } from './threads-table.js'
import { Tiles } from './tiles.js'
import { PaintingWorkers } from './workers.js'

const READ_MS = 250
const MAX_WORKERS = 16
/** At least two, to show several. */
const FIRST_WORKERS: number = Math.max(2, Math.min(4, navigator.hardwareConcurrency - 1))

declare global {
  /**
   * For tests: how many tiles each worker has painted, according to the tiles' marks in shared memory instead
   * of the slots.
   */
  var painted: () => { readonly [worker: number]: number }
}

function demonstrate(): void {
  const local = makeLocal()
  const tiles = new Tiles()
  const pixels = makePixels()
  const film = new Film(tiles, pixels)
  const picture = new Picture(getElement('picture') as HTMLCanvasElement, film)
  const history = new History()
  const charts = new Charts(getElement('rates'), getElement('tiles'))
  let ended = 0

  const workers = new PaintingWorkers(local, tiles, pixels, {
    ended(worker, { tiles = 0 }) {
      ended++
      read()
      say(`Worker ${worker} has ended. Its ${plural(tiles, 'tile')} stay in the total.`)
    },
    failed(worker, message) {
      complain(`Worker ${worker} failed: ${message}`)
    },
  })
  const add = getElement('add') as HTMLButtonElement
  const table = new ThreadsTable(getElement('threads') as HTMLTableElement, add, worker => {
    // Chromium lets a loop that never yields run on for two seconds.
    if (workers.terminate(worker)) say(`Worker ${worker} is told to end.`)
    read()
  })

  function read(): void {
    const readings = perThread(local)
    workers.updateStates(readings)
    const { states } = workers
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
    if (workers.states.size >= MAX_WORKERS) return say(`This page runs at most ${MAX_WORKERS} workers.`)
    say(`Worker ${workers.start()} is starting.`)
    read()
  })
  offerMeasurement(
    {
      button: getElement('measure') as HTMLButtonElement,
      progress: getElement('measuring') as HTMLProgressElement,
      status: getElement('access-status'),
      chart: getElement('access-chart'),
      bars: getElement('access-bars'),
      axis: getElement('access-axis'),
    },
    async isPaused => {
      tiles.pause(isPaused)
      while (isPaused && tiles.isBusy) await new Promise(resolve => setTimeout(resolve, 20))
    },
  )
  globalThis.painted = () => {
    film.update()
    return Object.fromEntries(film.painted)
  }

  const draw = () => {
    picture.update(perThread(local) as WorkerReading[])
    requestAnimationFrame(draw)
  }
  draw()
  for (let i = 0; i < FIRST_WORKERS; i++) workers.start()
  read()
  setInterval(read, READ_MS)
}

function getElement(id: string): HTMLElement {
  return document.getElementById(id) as HTMLElement
}

const sum = (values: Iterable<number>): number => [...values].reduce((sum, value) => sum + value, 0)

function write(id: string, value: number): void {
  getElement(id).textContent = whole(value)
}

/** Shows a message, which screen readers read aloud. Only for what the user has caused. */
function say(text: string): void {
  getElement('news').textContent = text
}

function complain(text: string): void {
  const complaint = getElement('complaint')
  complaint.textContent = text
  complaint.hidden = false
}

const missing = missingRequirement()
if (missing === undefined) demonstrate()
else {
  complain(missing)
  document.body.classList.add('lacking')
}
