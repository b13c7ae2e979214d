const UNITS = ["kB", "MB", "GB", "TB"];

/** Formats a size for people, as in "1.2 GB". The units are powers of 1,000. */
export function formatBytes(bytes: number): string {
  const power = Math.min(Math.max(Math.floor(Math.log10(bytes) / 3), 1), UNITS.length);
  const size = (bytes / 1000 ** power).toLocaleString("en", { maximumFractionDigits: 1 });
  return `${size} ${UNITS[power - 1]}`;
}
