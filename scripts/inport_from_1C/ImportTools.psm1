#Requires -Version 5.1
# What the import scripts have in common: how manage.py is called, and what its exit codes mean.
# ASCII only: Windows PowerShell 5.1 reads a file without a mark in the code page of the machine.

Set-StrictMode -Version Latest
# A module does not inherit these from the script that imports it.
$ErrorActionPreference = 'Stop'
# Exit codes are looked at and handed on, never turned into exceptions.
$PSNativeCommandUseErrorActionPreference = $false

function Invoke-WithUtf8Output {
    <#
    .SYNOPSIS
    Runs a block while what programs print is read as UTF-8, whatever the console's code page.
    .PARAMETER Block
    What to run. Its output and $LASTEXITCODE are left as they are.
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)][scriptblock]$Block)

    $before = [Console]::OutputEncoding
    try {
        [Console]::OutputEncoding = New-Object System.Text.UTF8Encoding $false
    }
    catch {
        Write-Verbose 'There is no console, so there is no code page to set.'
    }
    try {
        & $Block
    }
    finally {
        try {
            [Console]::OutputEncoding = $before
        }
        catch {
            Write-Verbose 'There is no console, so there is no code page to set back.'
        }
    }
}

function Invoke-Manage {
    <#
    .SYNOPSIS
    Runs manage.py in a container of its own and leaves its exit code in $LASTEXITCODE.
    .DESCRIPTION
    A container of its own ("run"), not a shell in a running one ("exec"): Ctrl-C then reaches the
    command, and a restart of the web server does not end an import. --no-deps: an import needs the
    database alone. -T keeps standard output and standard error apart.
    .PARAMETER ComposeFile
    The Compose file.
    .PARAMETER Service
    The service whose image, settings and volumes the command gets.
    .PARAMETER Arguments
    The command of manage.py and its options.
    .PARAMETER DataDir
    Directory of this computer that the Compose file mounts as the data directory, for this run
    alone. Empty: the one that is always mounted.
    #>
    [CmdletBinding()]
    param(
        [Parameter(Mandatory = $true)][string]$ComposeFile,
        [Parameter(Mandatory = $true)][string]$Service,
        [Parameter(Mandatory = $true)][string[]]$Arguments,
        [string]$DataDir = ''
    )

    $before = $env:IMPORT_DATA_DIR
    try {
        if ($DataDir) {
            $env:IMPORT_DATA_DIR = $DataDir
        }
        Invoke-WithUtf8Output {
            docker compose -f $ComposeFile run --rm --no-deps -T $Service python manage.py @Arguments
        }
    }
    finally {
        $env:IMPORT_DATA_DIR = $before
    }
}

function Split-ImportArgs {
    <#
    .SYNOPSIS
    Makes single arguments of what a user gave as -ImportArgs, also as one string.
    .DESCRIPTION
    powershell -File hands over one string where a script declares an array.
    .PARAMETER ImportArgs
    Options with their values; parted by spaces or commas.
    #>
    [CmdletBinding()]
    param([AllowEmptyCollection()][AllowNull()][string[]]$ImportArgs)

    @($ImportArgs | ForEach-Object { $_ -split '[\s,]+' } | Where-Object { $_ })
}

function Resolve-DataDir {
    <#
    .SYNOPSIS
    Gives the full path of a data directory, or nothing when none was named.
    .DESCRIPTION
    Throws when it is missing: Docker would make it, and the import would find it empty.
    .PARAMETER DataDir
    Directory of this computer, or an empty string.
    #>
    [CmdletBinding()]
    param([AllowEmptyString()][string]$DataDir)

    if (-not $DataDir) {
        return ''
    }
    if (-not (Test-Path -LiteralPath $DataDir -PathType Container)) {
        throw "The data directory $DataDir does not exist. Copy the export there, then try again."
    }
    (Resolve-Path -LiteralPath $DataDir).ProviderPath
}

function Write-Outcome {
    <#
    .SYNOPSIS
    Says in words what an exit code of the import commands means.
    .PARAMETER ExitCode
    The exit code (docs/architecture.md, "Exit codes").
    #>
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)][int]$ExitCode)

    $words = @{
        0   = 'Done.'
        1   = 'Failed. The message above says why; nothing of an open chunk was kept.'
        2   = 'Wrong options. The message above names them.'
        3   = 'Completed, but a record or a file failed. The portal lists each with file and line.'
        75  = 'Another import is active, or the database is being restored: the message above ' +
              'says which, with a line "id= type= status= started_by= since=". Nothing was done.'
        130 = 'Cancelled. What was written before stays.'
    }
    if ($words.ContainsKey($ExitCode)) {
        Write-Host $words[$ExitCode]
    }
    else {
        Write-Host "Ended with exit code $ExitCode. Docker's message above says why."
    }
}

Export-ModuleMember -Function @(
    'Invoke-WithUtf8Output', 'Invoke-Manage', 'Split-ImportArgs', 'Resolve-DataDir', 'Write-Outcome'
)
