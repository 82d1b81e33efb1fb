using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace SwePlatform.Api.Features.Settings;

/// <summary>A value that administrators set and everyone may read.</summary>
internal sealed class Setting
{
    public required string Key { get; init; }

    /// <summary>Any JSON value.</summary>
    public required string Value { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }
    public Guid? UpdatedBy { get; set; }
}

internal sealed class SettingMapping : IEntityTypeConfiguration<Setting>
{
    public void Configure(EntityTypeBuilder<Setting> builder)
    {
        builder.ToTable("settings");
        builder.HasKey(setting => setting.Key);
        builder.Property(setting => setting.Key).HasMaxLength(SettingKey.MaxLength);
        builder.Property(setting => setting.Value).HasColumnType("jsonb");
    }
}
