/*
 * What can go wrong with a monitor, as errors whose messages are for the person who typed the command.
 */

/** There is no connection, or no longer. */
export class ConnectionError extends Error {}

/** Something answers that is not a monitor, or one of another version. */
export class ProtocolError extends Error {}

/** A monitor answers, but that of another process than before. */
export class OtherProcessError extends Error {}
