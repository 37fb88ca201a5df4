/** The compiler's version, as package.json has it; a module says by which compiler it was made. */
export const COMPILER_VERSION = "0.1.0";
