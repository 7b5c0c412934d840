# bash completion for kq-pipe; made by kq-pipe -C bash
_kq_pipe() {
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
        -I | --input)
            mapfile -t COMPREPLY < <(compgen -W 'csv tsv jsonl lines bytes fixed ipc tplog pcap' -- "$cur")
            return
            ;;
        -Y | --types)
            :
            return
            ;;
        --columns)
            :
            return
            ;;
        --schema)
            mapfile -t COMPREPLY < <(compgen -W 'server FILE' -- "$cur")
            return
            ;;
        -d | --delimiter)
            :
            return
            ;;
        --widths)
            :
            return
            ;;
        --quote)
            :
            return
            ;;
        --escape)
            :
            return
            ;;
        --na)
            :
            return
            ;;
        --time-zone)
            :
            return
            ;;
        --epoch)
            mapfile -t COMPREPLY < <(compgen -W 'none s ms us ns' -- "$cur")
            return
            ;;
        --add)
            :
            return
            ;;
        --max-record)
            :
            return
            ;;
        --on-error)
            mapfile -t COMPREPLY < <(compgen -W 'stop skip null' -- "$cur")
            return
            ;;
        --reject)
            mapfile -t COMPREPLY < <(compgen -f -- "$cur")
            return
            ;;
        --max-errors)
            :
            return
            ;;
        --rate)
            :
            return
            ;;
        --pace)
            :
            [[ $eq ]] && return
            ;;
        -t | --table)
            :
            return
            ;;
        --call)
            :
            return
            ;;
        --shape)
            mapfile -t COMPREPLY < <(compgen -W 'columns table rows' -- "$cur")
            return
            ;;
        -b | --batch)
            :
            return
            ;;
        --batch-bytes)
            :
            return
            ;;
        --linger)
            :
            return
            ;;
        --ack-every)
            :
            return
            ;;
        --ack-timeout)
            :
            return
            ;;
        --buffer)
            :
            return
            ;;
        --spool)
            mapfile -t COMPREPLY < <(compgen -f -- "$cur")
            return
            ;;
        --spool-sync)
            mapfile -t COMPREPLY < <(compgen -W 'never batch ack' -- "$cur")
            return
            ;;
        --on-full)
            mapfile -t COMPREPLY < <(compgen -W 'block drop-old drop-new exit' -- "$cur")
            return
            ;;
        --reconnect)
            :
            return
            ;;
        --drain)
            :
            return
            ;;
        --shard-by)
            :
            return
            ;;
        --progress)
            mapfile -t COMPREPLY < <(compgen -W 'auto always never' -- "$cur")
            return
            ;;
        --state)
            mapfile -t COMPREPLY < <(compgen -f -- "$cur")
            return
            ;;
        -F | --format)
            mapfile -t COMPREPLY < <(compgen -W 'text q json jsonl csv tsv hex ipc payload tplog none' -- "$cur")
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
        mapfile -t COMPREPLY < <(compgen -W '--input --types --columns --schema --delimiter --header --widths --quote
            --escape --na --time-zone --epoch --add --max-record --reopen --follow
            --on-error --reject --max-errors --rate --pace --tee --table --call --shape
            --batch --batch-bytes --linger --dry-run --async --ack-every --ack-timeout
            --sync --buffer --spool --spool-sync --on-full --reconnect --once-only --drain
            --shard-by --progress --state --format --json --int64 --null --precision
            --output --write --null-data --count --stats --time-format --max-size
            --line-buffered --timeout --connect-timeout --retry --retry-delay --wait --user
            --ask-password --password-file --password-fd --credentials -4 -6 --capability
            --compress --endian --tls --cacert --capath --cert --key --ciphers
            --ciphersuites --tls-min --tls-max --tls-name --insecure --keylog --verbose
            --quiet --color --debug-config --completions --version --help' -- "$cur")
    else
        mapfile -t COMPREPLY < <(compgen -W "$(sed -n 's/^\[\(.*\)\]$/@\1/p' "${KQ_CONFIG:-${XDG_CONFIG_HOME:-$HOME/.config}/kq/config}" 2>/dev/null)" -- "$cur")
    fi
}
complete -o default -F _kq_pipe kq-pipe
