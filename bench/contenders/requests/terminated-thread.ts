/*
 * A worker that is terminated while it runs its only task.
 */
import { workerData } from 'node:worker_threads'
import spin from './terminated-task.js'

spin(workerData)
