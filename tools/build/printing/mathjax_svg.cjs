/** Reads a list of {"tex", "display"}, answers with a list of {"svg"} or {"error"}. The argument is MathJax's folder. */
const folder = process.argv[2];

async function main() {
  const MathJax = await require(`${folder}/node-main.js`).init({
    loader: { load: ["input/tex-full", "output/svg"] },
    tex: { packages: { "[-]": ["noundefined"] }, formatError: (_, error) => { throw error; } },
    svg: { fontCache: "none" }, // each drawing stands alone
  });
  const formulas = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
  const { adaptor } = MathJax.startup;
  const answers = formulas.map(({ tex, display }) => {
    try {
      return { svg: adaptor.innerHTML(MathJax.tex2svg(tex, { display })) };
    } catch (error) {
      return { error: error.message };
    }
  });
  process.stdout.write(JSON.stringify(answers));
}

main().catch((error) => { console.error(error.message); process.exit(1); });
