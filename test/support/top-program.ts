// A program that shows `top`, for tests that run it in a terminal. The environment variable TOP has its options as JSON.
import { threadLocal } from 'threadslots'
import { top } from 'threadslots/top'

const { seconds = 0, listens = false, ...options } = JSON.parse(process.env.TOP ?? '{}')
const local = threadLocal('program', { jobs: 'u32' })
local.jobs = 1234
if (listens) process.on('SIGINT', () => console.log('heard SIGINT'))
const stop = top(local, { intervalMs: 20, ...options })
// Without a timer, nothing would keep the program alive.
if (seconds > 0) {
  setTimeout(() => {
    stop()
    console.log('through')
  }, 1000 * seconds)
}
