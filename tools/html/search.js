// ISC license.
// The search field. It is made here, so that there is none where scripts do not run. What
// the pages say is in search-index.js: a call of page() for each, loaded when it is needed.
'use strict' ;

var pages = [] ;

// called by search-index.js. anchors: [id, text] of headings, options and the like
function page(file, about, anchors, words)
{
  var name = file.replace(/\.\d$/, '') ;
  pages.push({ file: file, name: name, title: name + '(' + file.slice(-1) + ')', about: about, anchors: anchors, words: words.split(' ') }) ;
}

// how well a text has the word: the whole, the beginning, the beginning of a part, within
function likeness(text, word)
{
  var at = text.toLowerCase().indexOf(word) ;
  if (at < 0) return 0 ;
  if (at > 0) return /[a-z0-9]/i.test(text.charAt(at - 1)) ? 1 : 3 ;
  return text.length === word.length ? 10 : 4 ;
}

// does the text have what is between the other characters of the word, as in uid/default or --help?
function has_parts(it, word)
{
  var parts = word.split(/[^a-z0-9_-]+/).map(function (part) { return part.replace(/^-+|-+$/g, '') ; }).filter(function (part) { return part.length > 2 ; }) ;
  return parts.length && parts.every(function (part) { return it.words.indexOf(part) >= 0 ; }) ;
}

// what the word is worth for the page; 0 where it does not have it. Its anchors go to list
function worth(it, word, list)
{
  var sum = 20 * likeness(it.name, word) + 8 * likeness(it.about, word) ;
  var best = 0 ;
  it.anchors.forEach(function (anchor) {
    var value = likeness(anchor[1], word) ;
    if (value > 1) list.push([value, anchor]) ;
    if (value > best) best = value ;
  }) ;
  sum += 4 * best ;
  if (has_parts(it, word)) sum += 3 ;
  else if (it.words.some(function (known) { return known.indexOf(word) === 0 || known.indexOf('s6-' + word) === 0 ; })) sum += 1 ;
  return sum ;
}

// the pages that have all words, best first: { page, anchors }
function find(query)
{
  var words = query.toLowerCase().replace(/\(\d\)/g, '').split(/\s+/).filter(Boolean) ;
  var found = [] ;
  if (!words.length) return found ;
  pages.forEach(function (it) {
    var list = [] ;
    var values = words.map(function (word) { return worth(it, word, list) ; }) ;
    if (values.indexOf(0) >= 0) return ;
    list.sort(function (a, b) { return b[0] - a[0] ; }) ;
    found.push({ page: it, value: values.reduce(function (a, b) { return a + b ; }), anchors: list.slice(0, 4).map(function (a) { return a[1] ; }) }) ;
  }) ;
  return found.sort(function (a, b) { return b.value - a.value || (a.page.name < b.page.name ? -1 : 1) ; }) ;
}

function element(name, parent, text)
{
  var made = document.createElement(name) ;
  if (text) made.textContent = text ;
  parent.appendChild(made) ;
  return made ;
}

function show(found, list)
{
  list.textContent = '' ;
  found.slice(0, 20).forEach(function (it) {
    var item = element('li', list) ;
    element('a', item, it.page.title).href = it.page.file + '.html' ;
    item.appendChild(document.createTextNode(it.page.about + ' ')) ;
    it.anchors.forEach(function (anchor) {
      element('a', element('small', item), anchor[1]).href = it.page.file + '.html#' + anchor[0] ;
    }) ;
  }) ;
  if (found.length > 20) element('li', list, 'and ' + (found.length - 20) + ' more: say another word') ;
}

 /* As in other documentation: a / anywhere goes to the field. */

function listen_for_slash(field)
{
  document.addEventListener('keydown', function (event) {
    if (event.key === '/' && document.activeElement !== field && !event.ctrlKey && !event.metaKey && !event.altKey)
    {
      event.preventDefault() ;
      field.focus() ;
    }
  }) ;
}

function make_field()
{
  var first = document.querySelector('main') ;
  var form = document.createElement('form') ;
  var field = element('input', form) ;
  var list = document.createElement('ul') ;
  var loaded = false ;
  function answer()
  {
    var found = find(field.value) ;
    show(found, list) ;
    if (loaded && field.value.trim() && !found.length) element('li', list, 'no page has that') ;
  }
  function load()
  {
    if (document.getElementById('search-index')) return ;
    var script = element('script', document.head) ;
    script.id = 'search-index' ;
    script.onload = function () { loaded = true ; answer() ; } ;
    script.src = 'search-index.js' ;
  }
  form.setAttribute('role', 'search') ;
  field.type = 'search' ;
  field.placeholder = 'Search all pages' ;
  field.setAttribute('aria-label', 'Search all pages') ;
  field.autocomplete = 'off' ;
  list.className = 'found' ;
  list.setAttribute('aria-live', 'polite') ;
  field.addEventListener('focus', load) ;
  field.addEventListener('input', function () { load() ; answer() ; }) ;
  form.addEventListener('submit', function (event) {
    var best = list.querySelector('a') ;
    event.preventDefault() ;
    if (best) location.href = best.href ;
  }) ;
  listen_for_slash(field) ;
  first.parentNode.insertBefore(form, first) ;
  first.parentNode.insertBefore(list, first) ;
}

make_field() ;
