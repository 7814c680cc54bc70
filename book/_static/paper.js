// On paper a page is light, whichever theme its reader has chosen for the screen: ink on a dark ground
// is dear, and where the ground is left out the dark theme's text is pale grey on white.
{
  const page = document.documentElement.dataset;
  let chosen = null;

  window.addEventListener("beforeprint", () => {
    chosen ??= page.theme ?? "light";
    page.theme = "light";
  });

  window.addEventListener("afterprint", () => {
    if (chosen !== null) page.theme = chosen;
    chosen = null;
  });
}
