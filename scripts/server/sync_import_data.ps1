#Requires -Version 5.1
<#
.SYNOPSIS
Copies an export from the 1C server into a local directory, so that no import sees half of it.

.DESCRIPTION
Asks the server for the SHA-256 of every file. When the same files lie here already, nothing is
copied. Otherwise they are copied into a hidden directory beside the target, the SHA-256 of every
copied file is compared, the server is asked once more (1C may be writing), and only if all three
agree the copy takes the target's place. The export that lay there before stays beside it as
.NAME.previous, and its place is the only one that is overwritten.

Needs ssh and scp (OpenSSH) here and sha256sum on the server. Exit codes: 0 the target holds what
the server holds; 1 it could not be done and the target is as it was; 2 wrong options.

.PARAMETER ServerIP
Name or address of the 1C server, with the account: user@address. Default: the environment variable
ONEC_SYNC_SERVER.

.PARAMETER RemoteDataPath
Directory of the exports on that server: an absolute path of letters, digits and . _ - / only.
Default: the environment variable ONEC_SYNC_PATH.

.PARAMETER SshKeyPath
Private key. Default: the environment variable ONEC_SYNC_KEY, else what ssh itself would use.

.PARAMETER DataDir
Directory to replace; its parent must exist. Default: the environment variable ONEC_SYNC_DATA_DIR.

.EXAMPLE
./sync_import_data.ps1 -ServerIP onec@192.0.2.10 -RemoteDataPath /srv/exchange -DataDir D:\exchange\current

Makes D:\exchange\current what lies in /srv/exchange there.

.EXAMPLE
./sync_import_data.ps1

The same with everything from the environment, as a schedule does it.
#>
[CmdletBinding()]
param(
    [string]$ServerIP = $env:ONEC_SYNC_SERVER,
    [string]$RemoteDataPath = $env:ONEC_SYNC_PATH,
    [string]$SshKeyPath = $env:ONEC_SYNC_KEY,
    [string]$DataDir = $env:ONEC_SYNC_DATA_DIR
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $false
Import-Module (Join-Path $PSScriptRoot '../inport_from_1C/ImportTools.psm1') -Force

# Says what is wrong with the options, or nothing.
function Find-WrongOption {
    if (-not $ServerIP) {
        return 'Name the server: -ServerIP user@address, or ONEC_SYNC_SERVER.'
    }
    if ($ServerIP -cnotmatch '^[A-Za-z0-9_][A-Za-z0-9@._:-]*$') {
        return "'$ServerIP' is no name or address of a server."
    }
    if (-not $RemoteDataPath) {
        return 'Name its directory: -RemoteDataPath DIR, or ONEC_SYNC_PATH.'
    }
    # It becomes part of a command there: nothing that a shell would read otherwise.
    if ($RemoteDataPath -cnotmatch '^/[A-Za-z0-9._/-]+$' -or $RemoteDataPath -match '(^|/)\.\.(/|$)') {
        return '-RemoteDataPath must be absolute and hold letters, digits and . _ - / only.'
    }
    if ($SshKeyPath -and -not (Test-Path -LiteralPath $SshKeyPath -PathType Leaf)) {
        return "The key $SshKeyPath cannot be read."
    }
    if (-not $DataDir) {
        return 'Name the directory to fill: -DataDir DIR, or ONEC_SYNC_DATA_DIR.'
    }
}

# Gives SHA-256 and path of every file there, in one text; nothing when the server does not tell.
function Get-ServerList {
    $command = "cd $RemoteDataPath && find . -type f -exec sha256sum {} +"
    $lines = @(Invoke-WithUtf8Output { & ssh @connection $ServerIP $command })
    if ($LASTEXITCODE -ne 0) {
        return ''
    }
    ($lines | Sort-Object -CaseSensitive) -join "`n"
}

# Gives the same of a directory here.
function Get-LocalList([string]$Directory) {
    $root = (Resolve-Path -LiteralPath $Directory).ProviderPath.TrimEnd('\', '/')
    $lines = @(Get-ChildItem -LiteralPath $root -Recurse -File -Force | ForEach-Object {
            $digest = (Get-FileHash -LiteralPath $_.FullName -Algorithm SHA256).Hash.ToLowerInvariant()
            $digest + '  .' + $_.FullName.Substring($root.Length).Replace('\', '/')
        })
    ($lines | Sort-Object -CaseSensitive) -join "`n"
}

# Tells whether the process that made an unfinished copy still runs.
function Test-Owner([string]$File) {
    if (-not (Test-Path -LiteralPath $File)) {
        return $false
    }
    $id = [int](Get-Content -LiteralPath $File -TotalCount 1)
    $null -ne (Get-Process -Id $id -ErrorAction SilentlyContinue)
}

$wrong = Find-WrongOption
if ($wrong) {
    Write-Host $wrong
    exit 2
}

# BatchMode: a schedule cannot type a password.
$connection = @('-o', 'BatchMode=yes', '-o', 'ConnectTimeout=15')
if ($SshKeyPath) {
    $connection += @('-i', $SshKeyPath)
}
$target = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($DataDir).TrimEnd('\', '/')
$place = Split-Path -Parent $target
$name = Split-Path -Leaf $target
if (-not $place -or -not (Test-Path -LiteralPath $place -PathType Container)) {
    Write-Host "The directory above $target does not exist. Make it, or choose another -DataDir."
    exit 1
}

$before = Get-ServerList
if (-not $before) {
    Write-Host "$ServerIP does not tell what lies in $RemoteDataPath. Check address, key and path."
    exit 1
}
if ($before -notmatch '\.xml') {
    Write-Host "$RemoteDataPath on $ServerIP holds no XML file, so nothing was changed."
    exit 1
}
if ((Test-Path -LiteralPath $target) -and ((Get-LocalList $target) -ceq $before)) {
    Write-Host "$target holds the same already."
    exit 0
}

# Made by one process at a time; what a killed one left behind is removed.
$part = Join-Path $place ".$name.part"
$owner = Join-Path $part 'process id'
if (Test-Path -LiteralPath $part) {
    if (Test-Owner $owner) {
        Write-Host "Another copy to $target runs."
        exit 1
    }
    Remove-Item -LiteralPath $part -Recurse -Force
}
$null = New-Item -ItemType Directory -Path $part
try {
    Set-Content -LiteralPath $owner -Value $PID
    $copy = Join-Path $part ($RemoteDataPath.TrimEnd('/') -split '/')[-1]
    & scp -q -r -p @connection "${ServerIP}:$RemoteDataPath" $part
    if ($LASTEXITCODE -ne 0) {
        Write-Host "The copy from $ServerIP broke off. $target is as it was."
        exit 1
    }
    if ((Get-LocalList $copy) -cne $before) {
        Write-Host "The copy differs from ${ServerIP}: 1C may be writing. $target is as it was; try again later."
        exit 1
    }
    if ((Get-ServerList) -cne $before) {
        Write-Host "$ServerIP changed its files meanwhile. $target is as it was; try again later."
        exit 1
    }
    $previous = Join-Path $place ".$name.previous"
    $moved = Test-Path -LiteralPath $target
    if ($moved) {
        if (Test-Path -LiteralPath $previous) {
            Remove-Item -LiteralPath $previous -Recurse -Force
        }
        [System.IO.Directory]::Move($target, $previous)
    }
    try {
        [System.IO.Directory]::Move($copy, $target)
    }
    catch {
        if ($moved) {
            [System.IO.Directory]::Move($previous, $target)
        }
        throw
    }
}
finally {
    Remove-Item -LiteralPath $part -Recurse -Force -ErrorAction SilentlyContinue
}
Write-Host "$target holds the export of $ServerIP."
exit 0
