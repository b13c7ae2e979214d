/** A file as text, which vite makes of it. */
declare module "*.md?raw" {
  const text: string;
  export default text;
}
