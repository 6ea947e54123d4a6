/*
 * `threadslots/monitor/auto`: starts a monitor without a line of code.
 */
import { startFromEnvironment } from './monitor/auto.js'

startFromEnvironment()
