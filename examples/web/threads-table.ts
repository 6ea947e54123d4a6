/*
 * The table of workers: a row for each that is not gone, changed in place, so that whoever stands on a button stays.
 */
import type { WorkerReading } from './counters.js'
import type { State } from './crew.js'
import { large, plural, short, whole } from './numbers.js'
import { colourName } from './theme.js'

/** What rows of workers, of the dead ones and of all have in common. */
export interface Counted {
  readonly tiles?: number
  readonly iterations?: number
}

interface Row {
  readonly element: HTMLTableRowElement
  readonly cells: Cells
  readonly button: HTMLButtonElement
}

type Column = 'state' | 'tiles' | 'iterations' | 'rate'
type Cells = { readonly [C in Column]: HTMLElement }

export class ThreadsTable {
  readonly #rows = new Map<number, Row>()
  readonly #body: HTMLTableSectionElement
  readonly #template: HTMLTemplateElement
  readonly #sums: { readonly [N in 'retired' | 'total']: Cells }
  readonly #kill: (worker: number) => void
  /** Where who stood on a button goes when there is none left. */
  readonly #refuge: HTMLElement

  constructor(table: HTMLTableElement, refuge: HTMLElement, kill: (worker: number) => void) {
    this.#body = table.tBodies[0] as HTMLTableSectionElement
    this.#template = table.querySelector('template') as HTMLTemplateElement
    this.#sums = {
      retired: cellsOf(table.querySelector('[data-sum=retired]') as HTMLElement),
      total: cellsOf(table.querySelector('[data-sum=total]') as HTMLElement),
    }
    this.#refuge = refuge
    this.#kill = kill
  }

  show(
    states: ReadonlyMap<number, State>,
    readings: readonly WorkerReading[],
    rates: ReadonlyMap<number, number>,
  ): void {
    for (const [worker, row] of this.#rows) if (!states.has(worker)) this.#remove(worker, row)
    for (const [worker, state] of states) {
      const { cells, button } = this.#rows.get(worker) ?? this.#add(worker)
      const reading = readings.find(reading => reading.worker === worker)
      write(cells.state, state === 'running' ? `thread ${reading?.threadId}` : `${state} …`)
      fill(cells, reading ?? {}, rates.get(worker) ?? 0)
      // Not `disabled`: that would take the focus away.
      button.setAttribute('aria-disabled', String(state !== 'running'))
    }
  }

  showSums(retired: Counted, ended: number, total: Counted, rate: number): void {
    fill(this.#sums.retired, retired, 0)
    write(this.#sums.retired.state, plural(ended, 'thread'))
    fill(this.#sums.total, total, rate)
  }

  #add(worker: number): Row {
    const fragment = this.#template.content.cloneNode(true) as DocumentFragment
    const element = fragment.querySelector('tr') as HTMLTableRowElement
    const button = fragment.querySelector('button') as HTMLButtonElement
    write(fragment.querySelector('[data-cell=worker]') as HTMLElement, String(worker))
    element.dataset.worker = String(worker)
    element.style.setProperty('--colour', `var(${colourName(worker)})`)
    button.setAttribute('aria-label', `Kill worker ${worker}`)
    button.addEventListener('click', () => this.#kill(worker))
    const row = { element, button, cells: cellsOf(element) }
    this.#rows.set(worker, row)
    this.#body.append(element)
    return row
  }

  #remove(worker: number, { element, button }: Row): void {
    this.#rows.delete(worker)
    const neighbour = element.nextElementSibling ?? element.previousElementSibling
    if (document.activeElement === button) (neighbour?.querySelector('button') ?? this.#refuge).focus()
    element.remove()
  }
}

function cellsOf(row: HTMLElement): Cells {
  const cell = (column: Column) => row.querySelector(`[data-cell=${column}]`) as HTMLElement
  return { state: cell('state'), tiles: cell('tiles'), iterations: cell('iterations'), rate: cell('rate') }
}

function fill(cells: Cells, { tiles = 0, iterations = 0 }: Counted, rate: number): void {
  write(cells.tiles, whole(tiles))
  write(cells.iterations, large(iterations))
  write(cells.rate, short(rate / 1e6))
}

function write(cell: HTMLElement, text: string): void {
  if (cell.textContent !== text) cell.textContent = text
}
