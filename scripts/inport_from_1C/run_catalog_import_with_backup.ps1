#Requires -Version 5.1
<#
.SYNOPSIS
Copies the export from the 1C server, migrates, backs the database up and imports the catalogue.

.DESCRIPTION
Asks first whether another import is active: then nothing is copied, migrated or written. The export
is copied by scripts/server/sync_import_data.ps1, whole or not at all, when a server is named. The
backup is made by "manage.py backup_db", so the import makes none of its own.

Exit codes are those of the step that ended the run: 0 completed, 1 failed, 2 wrong options, 3
completed but a record or a file failed, 75 another import is active (who, since when: on standard
error), 130 cancelled.

.PARAMETER ComposeFile
The Compose file. Default: compose.yaml of this project.

.PARAMETER Service
The service whose image, settings and volumes the commands get. Default: web.

.PARAMETER DataDir
Directory of this computer that the export is copied to and imported from. Default: the environment
variable ONEC_SYNC_DATA_DIR; without it the import reads the directory that the Compose file mounts.

.PARAMETER ChunkSize
Records in one transaction, 1 to 10000. Default: the command's own.

.PARAMETER SkipMigrate
Leave the migrations out.

.PARAMETER SkipBackup
Make no backup.

.PARAMETER SkipImport
Leave the import out: only copy, migrate and back up.

.PARAMETER SkipSync
Copy nothing, even if a server is named.

.PARAMETER UseLocalData
DataDir holds the export already: copy nothing, and end at once unless an XML file lies there.

.PARAMETER BackupOutput
File for the backup, as the container sees it, for example /srv/backups/before.dump. Default: a new
file in the backup directory, and older ones are rotated.

.PARAMETER ImportArgs
More options for the import, for example '--file-type prices'.

.PARAMETER ServerIP
Name or address of the 1C server, with the account: user@address. Default: the environment variable
ONEC_SYNC_SERVER; without it nothing is copied.

.PARAMETER RemoteDataPath
Directory of the exports on that server. Default: the environment variable ONEC_SYNC_PATH.

.PARAMETER SshKeyPath
Private key. Default: the environment variable ONEC_SYNC_KEY, else what ssh itself would use.

.EXAMPLE
./run_catalog_import_with_backup.ps1 -ServerIP onec@192.0.2.10 -RemoteDataPath /srv/exchange -DataDir D:\exchange\current

Copies, migrates, backs up and imports.

.EXAMPLE
./run_catalog_import_with_backup.ps1 -UseLocalData -DataDir D:\exchange\current -SkipMigrate

Backs up, then imports what lies in the directory.
#>
[CmdletBinding()]
param(
    [string]$ComposeFile = '',
    [string]$Service = 'web',
    [string]$DataDir = $env:ONEC_SYNC_DATA_DIR,
    [int]$ChunkSize = 0,
    [switch]$SkipMigrate,
    [switch]$SkipBackup,
    [switch]$SkipImport,
    [switch]$SkipSync,
    [switch]$UseLocalData,
    [string]$BackupOutput = '',
    [string[]]$ImportArgs = @(),
    [string]$ServerIP = $env:ONEC_SYNC_SERVER,
    [string]$RemoteDataPath = $env:ONEC_SYNC_PATH,
    [string]$SshKeyPath = $env:ONEC_SYNC_KEY
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

if ($UseLocalData) {
    $local = Resolve-DataDir $DataDir
    if (-not $local) {
        throw '-UseLocalData needs -DataDir.'
    }
    if (-not (Get-ChildItem -LiteralPath $local -Recurse -File -Filter '*.xml' | Select-Object -First 1)) {
        throw "$local holds no XML file. Copy the export there, then try again."
    }
}

Invoke-Manage @compose -Arguments @('import_status', '--require-idle')
if ($LASTEXITCODE -ne 0) {
    Write-Outcome $LASTEXITCODE
    exit $LASTEXITCODE
}

if ($ServerIP -and -not $SkipSync -and -not $UseLocalData) {
    $sync = @{
        ServerIP       = $ServerIP
        RemoteDataPath = $RemoteDataPath
        SshKeyPath     = $SshKeyPath
        DataDir        = $DataDir
    }
    & (Join-Path $PSScriptRoot '../server/sync_import_data.ps1') @sync
    if ($LASTEXITCODE -ne 0) {
        Write-Outcome $LASTEXITCODE
        exit $LASTEXITCODE
    }
}

if (-not $SkipMigrate) {
    Invoke-Manage @compose -Arguments @('migrate', '--noinput')
    if ($LASTEXITCODE -ne 0) {
        Write-Outcome $LASTEXITCODE
        exit $LASTEXITCODE
    }
}

if (-not $SkipBackup) {
    $backup = @('backup_db')
    if ($BackupOutput) {
        $backup += @('--output', $BackupOutput)
    }
    Invoke-Manage @compose -Arguments $backup
    if ($LASTEXITCODE -ne 0) {
        Write-Outcome $LASTEXITCODE
        exit $LASTEXITCODE
    }
    if (-not $BackupOutput) {
        Invoke-Manage @compose -Arguments @('rotate_backups')
        if ($LASTEXITCODE -ne 0) {
            Write-Outcome $LASTEXITCODE
            exit $LASTEXITCODE
        }
    }
}

if ($SkipImport) {
    exit 0
}

$source = Resolve-DataDir $DataDir
# One backup is enough: it was made above, or is not wanted.
$arguments = @('import_catalog_from_1c', '--skip-backup')
if ($PSBoundParameters.ContainsKey('ChunkSize')) {
    $arguments += @('--chunk-size', [string]$ChunkSize)
}
$arguments += @(Split-ImportArgs $ImportArgs)
Invoke-Manage @compose -Arguments $arguments -DataDir $source
Write-Outcome $LASTEXITCODE
exit $LASTEXITCODE
