# ISC license.
# Completions for the programs of s6-activation: see tools/gen-completions.sh.

# The words of the line before the cursor, without the program and its options; VALUED are
# the letters of those that take an argument. Fails if the cursor is at an argument.
function __s6_activation_words -a valued
    set -l words (commandline -opc)
    set -e words[1]
    while string match -qr -- '^-.' "$words[1]"
        set -l letters (string split '' -- (string sub -s 2 -- $words[1]))
        set -l over (test "$words[1]" = --; and echo yes)
        set -e words[1]
        set -q over[1]; and break
        # a long one has its argument in the same word
        test "$letters[1]" = -; and continue
        for k in (seq (count $letters))
            string match -q -- "*$letters[$k]*" "$valued"; or continue
            if test $k -eq (count $letters)
                set -q words[1]; or return 1
                set -e words[1]
            end
            break
        end
    end
    set -q words[1]; and printf '%s\n' $words
    return 0
end

# Whether there can be options, or the argument of one, at the cursor
function __s6_activation_options -a valued
    set -l words (__s6_activation_words "$valued"); or return 0
    not set -q words[1]
end

# The same for those that have the argument in the same word, behind a =: fish, which would
# take it from the next word, too, knows them as arguments
function __s6_activation_long -a valued
    string match -q -- '-*' (commandline -ct); and __s6_activation_options "$valued"
end

# Whether the cursor is at the first word behind the program
function __s6_activation_first
    set -l words (commandline -opc)
    test (count $words) -eq 1
end

# What the holder has, whose socket is the nearest before the cursor, or after it
function __s6_activation_ids
    set -l before (commandline -opc)
    for word in $before[-1..1] (commandline -op)
        set word (string replace -r '^~/' "$HOME/" -- $word)
        if test -S "$word"
            # a backslash is that of s6-fdholder-list, for what does not print
            s6-fdholder-list -t 3000 $word 2>/dev/null </dev/null | string match -v '*\\\\*'
            return
        end
    end
end

# Prints what is of KIND
function __s6_activation_kind -a kind
    switch (string trim -r -c '*' -- $kind)
        case socket file
            __fish_complete_path (commandline -ct)
        case dir
            __fish_complete_directories (commandline -ct) ''
        case id
            __s6_activation_ids
        case user
            __fish_complete_users
        case group
            __fish_complete_groups
        case host
            __fish_print_hostnames
        case service
            string replace -rf '^([a-z][^\s]*)\s.*' '$1' </etc/services
        case signal
            printf '%s\n' HUP INT QUIT KILL USR1 USR2 TERM CONT STOP WINCH ALRM ABRT
        case command
            complete --do-complete=(commandline -ct)
        case '=*'
            string split , -- (string sub -s 2 -- $kind)
    end
end

# Prints what can be at the cursor, behind the options: of the kinds, or for a program
function __s6_activation_operand -a valued
    set -l kinds $argv[2..-1]
    set -l words (__s6_activation_words "$valued"); or return
    set -l place (math (count $words) + 1)
    set -l prog (contains -i -- prog $kinds)
    if set -q prog[1]; and test $place -ge $prog
        set -l rest
        test $place -gt $prog; and set rest (string escape -- $words[$prog..-1])
        set -l token (commandline -ct)
        complete --do-complete=(string join ' ' -- $rest "$token")
    else if set -q kinds[$place]
        __s6_activation_kind $kinds[$place]
    else if string match -q -- '*\\*' "$kinds[-1]"
        __s6_activation_kind $kinds[-1]
    end
end
