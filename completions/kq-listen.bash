# bash completion for kq-listen; made by kq-listen -C bash
_kq_listen() {
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
        -p | --port)
            :
            return
            ;;
        --port-file)
            mapfile -t COMPREPLY < <(compgen -f -- "$cur")
            return
            ;;
        --ready-fd)
            :
            return
            ;;
        --max-conns)
            :
            return
            ;;
        --max-queue)
            :
            return
            ;;
        --idle-timeout)
            :
            return
            ;;
        --timeout)
            :
            return
            ;;
        -t | --timer)
            :
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
        --log)
            mapfile -t COMPREPLY < <(compgen -W 'auto text json none' -- "$cur")
            return
            ;;
        -U | --users)
            mapfile -t COMPREPLY < <(compgen -f -- "$cur")
            return
            ;;
        -u | --restrict)
            mapfile -t COMPREPLY < <(compgen -W '1 FILE' -- "$cur")
            return
            ;;
        --allow-files)
            mapfile -t COMPREPLY < <(compgen -d -- "$cur")
            return
            ;;
        -T | --query-timeout)
            :
            return
            ;;
        --memory)
            :
            return
            ;;
        -E | --tls-mode)
            mapfile -t COMPREPLY < <(compgen -W '0 1 2' -- "$cur")
            return
            ;;
        --verify-client)
            mapfile -t COMPREPLY < <(compgen -W 'no yes requestonly ifpresent' -- "$cur")
            return
            ;;
        -R | --reply)
            :
            return
            ;;
        -f | --rules)
            mapfile -t COMPREPLY < <(compgen -f -- "$cur")
            return
            ;;
        --default)
            :
            return
            ;;
        -X | --exec)
            :
            return
            ;;
        --exec-limit)
            :
            return
            ;;
        --reply-format)
            mapfile -t COMPREPLY < <(compgen -W 'q json ipc' -- "$cur")
            return
            ;;
        --proxy)
            :
            return
            ;;
        --replay)
            mapfile -t COMPREPLY < <(compgen -f -- "$cur")
            return
            ;;
        --fault)
            :
            return
            ;;
        --seed)
            :
            return
            ;;
        --expect)
            :
            return
            ;;
        --push)
            mapfile -t COMPREPLY < <(compgen -f -- "$cur")
            return
            ;;
        -i | --interval)
            :
            return
            ;;
        --pace)
            :
            [[ $eq ]] && return
            ;;
        --tplog)
            mapfile -t COMPREPLY < <(compgen -f -- "$cur")
            return
            ;;
        -F | --format)
            mapfile -t COMPREPLY < <(compgen -W 'text q json jsonl csv tsv raw hex ipc payload tplog none' -- "$cur")
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
        --keylog)
            mapfile -t COMPREPLY < <(compgen -f -- "$cur")
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
        --time-format)
            mapfile -t COMPREPLY < <(compgen -W 'iso epoch rel delta q' -- "$cur")
            return
            ;;
        --max-size)
            :
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
        mapfile -t COMPREPLY < <(compgen -W '--port --port-file --ready-fd -4 -6 --once --max-conns --max-queue
            --idle-timeout --timeout --timer --capability --compress --endian --no-qcon
            --no-http --log --users --restrict --block-writes --allow-files --query-timeout
            --memory --tls-mode --verify-client --reply --rules --default --exec
            --exec-limit --reply-format --proxy --replay --replay-timing --strict --fault
            --seed --expect --expect-in-order --push --interval --pace --tplog --format
            --json --int64 --null --max-items --depth --precision --tls --cacert --capath
            --cert --key --ciphers --ciphersuites --tls-min --tls-max --keylog --output
            --write --count --match --stats --hex --time-format --max-size --line-buffered
            --verbose --quiet --color --debug-config --completions --version --help' -- "$cur")
    else
        mapfile -t COMPREPLY < <(compgen -f -- "$cur")
    fi
}
complete -o default -F _kq_listen kq-listen
