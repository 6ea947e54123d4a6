/*
 * Numbers, as the page shows them.
 */
const grouped = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })
const figures = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 })

export const whole = (value: number): string => grouped.format(value)
/** To three figures. */
export const short = (value: number): string => figures.format(value)
/** The same with millions or billions, so that it takes the same place for ever. */
export const large = (value: number): string =>
  value < 1e9 ? `${short(value / 1e6)} M` : `${short(value / 1e9)} G`

export const plural = (count: number, noun: string): string =>
  `${whole(count)} ${noun}${count === 1 ? '' : 's'}`
