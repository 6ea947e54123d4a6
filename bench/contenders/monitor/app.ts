/*
 * The smallest program that uses slots.
 */
import { threadLocal } from 'threadslots'

threadLocal('app', { x: 'count' }).x++
console.log('ready')
