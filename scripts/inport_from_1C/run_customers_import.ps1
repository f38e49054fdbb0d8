#Requires -Version 5.1
<#
.SYNOPSIS
Migrates the database, then imports the customers from 1C.

.DESCRIPTION
Runs "manage.py migrate" and "manage.py import_customers_from_1c" in containers of their own. The
import makes a backup before its first record unless -SkipBackup is given.

Exit codes are those of the commands: 0 completed, 1 failed, 2 wrong options, 3 completed but a
record or a file failed, 75 another import is active (who, since when: on standard error), 130
cancelled.

.PARAMETER ComposeFile
The Compose file. Default: compose.yaml of this project.

.PARAMETER Service
The service whose image, settings and volumes the commands get. Default: web.

.PARAMETER DataDir
Directory of this computer that holds the export. Default: the one that the Compose file mounts.

.PARAMETER ChunkSize
Records in one transaction, 1 to 10000. Default: the command's own.

.PARAMETER SkipMigrate
Leave the migrations out.

.PARAMETER SkipBackup
Let the import make no backup.

.PARAMETER ImportArgs
More options for the import, for example '--dry-run'.

.EXAMPLE
./run_customers_import.ps1 -SkipMigrate

Imports the customers of the mounted data directory.

.EXAMPLE
./run_customers_import.ps1 -DataDir D:\exchange\webdata -ChunkSize 500

Imports the customers of that directory, five hundred in one transaction.
#>
[CmdletBinding()]
param(
    [string]$ComposeFile = '',
    [string]$Service = 'web',
    [string]$DataDir = '',
    [int]$ChunkSize = 0,
    [switch]$SkipMigrate,
    [switch]$SkipBackup,
    [string[]]$ImportArgs = @()
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $false
Import-Module (Join-Path $PSScriptRoot 'ImportTools.psm1') -Force

# Not in param(): Windows PowerShell 5.1 knows no $PSScriptRoot there when called with -File.
if (-not $ComposeFile) {
    $ComposeFile = Join-Path $PSScriptRoot '../../compose.yaml'
}
$compose = @{ ComposeFile = $ComposeFile; Service = $Service }
$source = Resolve-DataDir $DataDir

if (-not $SkipMigrate) {
    Invoke-Manage @compose -Arguments @('migrate', '--noinput')
    if ($LASTEXITCODE -ne 0) {
        Write-Outcome $LASTEXITCODE
        exit $LASTEXITCODE
    }
}

$arguments = @('import_customers_from_1c')
if ($PSBoundParameters.ContainsKey('ChunkSize')) {
    $arguments += @('--chunk-size', [string]$ChunkSize)
}
if ($SkipBackup) {
    $arguments += '--skip-backup'
}
$arguments += @(Split-ImportArgs $ImportArgs)
Invoke-Manage @compose -Arguments $arguments -DataDir $source
Write-Outcome $LASTEXITCODE
exit $LASTEXITCODE
