/*
 * A thread's own sign of life: a timer that counts in a slot how often its event loop has turned.
 */
import { threadLocal } from '../index.js'

/** The name of the thread-local whose keys monitors use for themselves, and don't show. */
export const OWN_NAME = 'threadslots'
/** The key that counts turns; 0 while the thread isn't watched. */
export const TURNS_KEY: string = `${OWN_NAME}.turns`

/** True for a key of the package's own, which monitors don't show: the one above, and those that hold runs. */
export const isOwnKey = ({ name }: { readonly name: string }): boolean =>
  name === TURNS_KEY || /^threadslots\.runs\d+$/.test(name)

/** Milliseconds between two turns that are counted. */
const TURN_MS = 100

/** Number of watches that haven't ended. They share a timer. */
let watches = 0
let timer: NodeJS.Timeout | undefined

/**
 * Lets monitors see whether this thread's event loop turns: ten times per second, a timer counts in a slot. The timer doesn't
 * keep the thread alive. Call it in each thread that should answer quickly; the thread that calls `monitor` is watched
 * anyway. A thread that computes for long by design, as many workers do, shouldn't be watched.
 * @returns a function that ends the watch. If there are several, the thread is watched until the last of them has ended.
 */
export function watchEventLoop(): () => void {
  const local = threadLocal(OWN_NAME, { turns: { type: 'u32', fold: 'none', retire: false } })
  if (watches++ === 0) {
    local.turns = 1
    timer = setInterval(() => {
      // Never 0 again, not even after 2³² turns.
      local.turns = (local.turns + 1) >>> 0 || 1
    }, TURN_MS)
    timer.unref()
  }
  let hasEnded = false
  return () => {
    if (hasEnded) return
    hasEnded = true
    if (--watches > 0) return
    clearInterval(timer)
    local.turns = 0
  }
}
