/** The text of a file. Vite provides it. */
declare module "*.md?raw" {
  const text: string;
  export default text;
}
