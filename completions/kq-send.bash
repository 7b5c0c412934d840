# bash completion for kq-send; made by kq-send -C bash
_kq_send() {
    local cur prev eq=
    cur=${COMP_WORDS[COMP_CWORD]}
    prev=${COMP_WORDS[COMP_CWORD - 1]}
    # The shell makes three words of an option with an attached value.
    if [[ $cur == = ]]; then
        eq=1 cur=
    elif [[ $prev == = ]]; then
        eq=1 prev=${COMP_WORDS[COMP_CWORD - 2]}
    fi
    case $prev in
        -e | --expr)
            :
            return
            ;;
        -f | --file)
            mapfile -t COMPREPLY < <(compgen -f -- "$cur")
            return
            ;;
        --call)
            :
            return
            ;;
        --arg-format)
            mapfile -t COMPREPLY < <(compgen -W 'q string symbol json' -- "$cur")
            return
            ;;
        --string)
            :
            return
            ;;
        --symbol)
            :
            return
            ;;
        --bytes)
            :
            return
            ;;
        -I | --input)
            mapfile -t COMPREPLY < <(compgen -W 'text q json ipc payload hex' -- "$cur")
            return
            ;;
        -P | --pipeline)
            :
            return
            ;;
        -r | --repeat)
            :
            return
            ;;
        -i | --interval)
            :
            return
            ;;
        --interactive)
            mapfile -t COMPREPLY < <(compgen -W 'auto plain' -- "$cur")
            [[ $eq ]] && return
            ;;
        --header)
            mapfile -t COMPREPLY < <(compgen -W 'yes no' -- "$cur")
            return
            ;;
        --rows)
            :
            return
            ;;
        --columns)
            :
            return
            ;;
        --type-check)
            :
            return
            ;;
        --write-out)
            :
            return
            ;;
        -F | --format)
            mapfile -t COMPREPLY < <(compgen -W 'text q json jsonl csv tsv raw console hex ipc payload none' -- "$cur")
            return
            ;;
        -j | --json)
            mapfile -t COMPREPLY < <(compgen -W 'rows columns typed' -- "$cur")
            [[ $eq ]] && return
            ;;
        --int64)
            mapfile -t COMPREPLY < <(compgen -W 'number string' -- "$cur")
            return
            ;;
        --null)
            :
            [[ $eq ]] && return
            ;;
        --max-items)
            :
            return
            ;;
        --depth)
            :
            return
            ;;
        --precision)
            :
            return
            ;;
        -o | --output)
            mapfile -t COMPREPLY < <(compgen -f -- "$cur")
            return
            ;;
        -w | --write)
            mapfile -t COMPREPLY < <(compgen -f -- "$cur")
            return
            ;;
        -c | --count)
            :
            return
            ;;
        -m | --match)
            :
            return
            ;;
        -s | --stats)
            mapfile -t COMPREPLY < <(compgen -W 'text json' -- "$cur")
            [[ $eq ]] && return
            ;;
        --max-size)
            :
            return
            ;;
        -T | --timeout)
            :
            return
            ;;
        --connect-timeout)
            :
            return
            ;;
        --retry)
            :
            return
            ;;
        --retry-delay)
            :
            return
            ;;
        --wait)
            :
            [[ $eq ]] && return
            ;;
        -u | --user)
            :
            return
            ;;
        --password-file)
            mapfile -t COMPREPLY < <(compgen -f -- "$cur")
            return
            ;;
        --password-fd)
            :
            return
            ;;
        --credentials)
            mapfile -t COMPREPLY < <(compgen -f -- "$cur")
            return
            ;;
        --capability)
            :
            return
            ;;
        --compress)
            mapfile -t COMPREPLY < <(compgen -W 'auto always never' -- "$cur")
            return
            ;;
        --endian)
            mapfile -t COMPREPLY < <(compgen -W 'little big' -- "$cur")
            return
            ;;
        --cacert)
            mapfile -t COMPREPLY < <(compgen -f -- "$cur")
            return
            ;;
        --capath)
            mapfile -t COMPREPLY < <(compgen -d -- "$cur")
            return
            ;;
        --cert)
            mapfile -t COMPREPLY < <(compgen -f -- "$cur")
            return
            ;;
        --key)
            mapfile -t COMPREPLY < <(compgen -f -- "$cur")
            return
            ;;
        --ciphers)
            :
            return
            ;;
        --ciphersuites)
            :
            return
            ;;
        --tls-min)
            mapfile -t COMPREPLY < <(compgen -W '1.0 1.1 1.2 1.3' -- "$cur")
            return
            ;;
        --tls-max)
            mapfile -t COMPREPLY < <(compgen -W '1.0 1.1 1.2 1.3' -- "$cur")
            return
            ;;
        --tls-name)
            :
            return
            ;;
        --keylog)
            mapfile -t COMPREPLY < <(compgen -f -- "$cur")
            return
            ;;
        --color)
            mapfile -t COMPREPLY < <(compgen -W 'auto always never' -- "$cur")
            return
            ;;
        -C | --completions)
            mapfile -t COMPREPLY < <(compgen -W 'bash zsh fish' -- "$cur")
            return
            ;;
        -V | --version)
            mapfile -t COMPREPLY < <(compgen -W 'long short' -- "$cur")
            [[ $eq ]] && return
            ;;
    esac
    if [[ $cur == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W '--expr --file --script --lines --call --arg-format --string --symbol --bytes
            --input --async --confirm --deferred --subscribe --pipeline --keep-going
            --allow-close --repeat --interval --ping --latency --interactive --header
            --rows --columns --exit-status --type-check --time --write-out --format --json
            --int64 --null --max-items --depth --precision --output --write --null-data
            --count --match --stats --hex --max-size --line-buffered --timeout
            --connect-timeout --retry --retry-delay --wait --user --ask-password
            --password-file --password-fd --credentials -4 -6 --capability --compress
            --endian --qcon --tls --cacert --capath --cert --key --ciphers --ciphersuites
            --tls-min --tls-max --tls-name --insecure --keylog --verbose --quiet --color
            --debug-config --completions --version --help' -- "$cur")
    else
        mapfile -t COMPREPLY < <(compgen -W "$(sed -n 's/^\[\(.*\)\]$/@\1/p' "${KQ_CONFIG:-${XDG_CONFIG_HOME:-$HOME/.config}/kq/config}" 2>/dev/null)" -- "$cur")
    fi
}
complete -o default -F _kq_send kq-send
