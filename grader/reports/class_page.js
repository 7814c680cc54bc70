const words = document.getElementById("words");
const state = document.getElementById("state");
const count = document.getElementById("count");
const rows = [...document.querySelectorAll("#learners tbody tr")];
function filter() {
  const wanted = words.value.trim().toLowerCase();
  let shown = 0;
  for (const row of rows) {
    const fits = row.textContent.toLowerCase().includes(wanted) && (!state.value || row.dataset.state === state.value);
    row.hidden = !fits;
    shown += fits ? 1 : 0;
  }
  count.textContent = `${shown} of ${rows.length} learners`;
}
words.addEventListener("input", filter);
state.addEventListener("change", filter);
document.getElementById("filters").hidden = false;
filter();
